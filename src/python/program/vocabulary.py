"""What the slicer knows by name: methods that only look, calls that change, settings of the whole process."""

from __future__ import annotations

import _ast as ast


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Methods that only look at their object or hand out a result.
PURE_METHODS = _words(
    """
    agg all any apply apply_async argmax argmin as_posix assign astype capitalize casefold collect compute copy
    corr count cumsum decode describe difference done dot dropna empty encode endswith exception exists exitcode
    filter find findall finditer flatten format full fullmatch get get_nowait getvalue group groupby groups head
    imap imap_unordered index info intersection is_alive is_dir is_file is_set isalpha isdigit isdisjoint isna
    isspace issubset issuperset items iterdir iterrows itertuples join join_path joinpath keys ljust locked lower
    lstrip map map_async match max mean median merge min most_common notna nunique parallelize partition persist
    pivot_table qsize quantile query ravel read_bytes read_text removeprefix removesuffix replace reset_index
    reshape resolve result rfind rindex rjust rpartition rsplit rstrip run_in_executor running sample savefig
    search select shape show sort_values split splitlines starmap starmap_async startswith std strftime strip sub
    submit sum tail timestamp title to_csv to_dict to_json to_list to_numpy to_pandas to_parquet to_string tolist
    toPandas total total_seconds translate transpose union unique upper value_counts values var visualize wait
    with_name with_suffix zfill"""
)
# With their result thrown away, these are there to wait.
WAITS = _words('acquire join result wait')
# Methods that change their object whatever it is: they count inside functions and print(...) too.
MUTATORS = _words(
    """
    add append appendleft clear close difference_update discard extend extendleft fill insert intersection_update
    move_to_end pop popitem popleft put put_nowait read readline readlines register remove reverse rotate seek
    send setdefault sort subtract symmetric_difference_update truncate update write writelines writerow writerows"""
)
# Of these objects `get` takes something out.
QUEUES = _words('JoinableQueue LifoQueue PriorityQueue Queue SimpleQueue')
# Entering one of these with `with` leaves nothing behind.
LOCKS = _words('BoundedSemaphore Condition Lock RLock Semaphore')
# Methods that keep what they are given.
KEEPERS = _words('add append appendleft extend extendleft insert put put_nowait push register setdefault update')
# Functions of modules that open or read what their arguments name: the result holds nothing of the arguments.
FRESH_RESULTS = _words(
    """
    create_connection read_csv read_excel read_json read_parquet read_table urljoin urlopen urlparse urlsplit"""
)
# Calls that leave their arguments as they are, given as names or as methods.
PURE_CALLS = PURE_METHODS | FRESH_RESULTS | _words(
    """
    abs add aiter append appendleft as_completed assert_ bin bool bytes callable chr close create_task critical
    date datetime debug deepcopy dict dir display divmod ensure_future enumerate error eval exec filter float
    frozenset gather getattr getsize gettempdir globals hasattr hash help hex id input int isinstance issubclass
    iter len linspace list load loads locals log log10 max min oct open ord pow pprint print put put_nowait range
    register repr reversed round run run_until_complete set sleep sorted sqrt str super time timedelta tuple type
    vars warning write zip"""
)
# Statements that only show something, or wait.
SHOWS = _words('critical debug display error info input log pause pprint print show sleep warning')
CHANGES_FIRST_ARGUMENT = _words(
    """
    anext delattr heapify heappop heappush heappushpop heapreplace insort insort_left insort_right next setattr
    shuffle"""
)
# Calls whose results give each item once: builtins and functions of modules, and methods of anything.
READ_ONCE_CALLS = _words(
    """
    accumulate as_completed chain combinations count cycle DictReader enumerate filter finditer groupby iglob imap
    imap_unordered islice iter map open pairwise permutations product reader repeat reversed scandir starmap
    takewhile walk zip zip_longest"""
)
READ_ONCE_METHODS = _words('finditer glob imap imap_unordered iterdir iterrows itertuples open rglob')
# Calls whose results can't be changed, by the function's last name.
CONSTANT_RESULTS = _words(
    """
    bool bytes chr cpu_count float frozenset get_ident getcwd getenv getpid hash hex id int isinstance len
    monotonic monotonic_ns ord perf_counter perf_counter_ns process_time process_time_ns repr str time time_ns
    timedelta total_seconds"""
)
DYNAMIC = _words('eval exec execfile globals locals vars')

# Ends of calls that set up their module or the whole process; nobody needs to name the result.
SETUPS = _words(
    """
    addHandler addLevelName apply_settings basicConfig captureWarnings chdir config dictConfig disable enable
    enable_eager_execution experimental_enable_numpy_behavior fileConfig filterwarnings freeze install load_dotenv
    manual_seed monkey patch_all putenv register register_backend registerTempTable resetwarnings seed set
    set_backend set_config set_context set_default_dtype set_defaults set_event_loop_policy set_executable
    set_forkserver_preload set_num_threads set_option set_options set_palette set_printoptions set_random_seed
    set_seed set_start_method set_style set_theme set_verbosity setcontext setdefaulttimeout seterr setLevel
    setlocale setrecursionlimit setrlimit setstate setswitchinterval setup signal simplefilter stack_size
    start_method umask unsetenv use"""
)
# Calls, by the end of their path, whose result becomes what later calls use without being given it.
DEFAULTS = _words('Client LocalCluster getOrCreate')
# What may be changed through these belongs to the process, whoever looks next.
PROCESS_OBJECTS = ('os.environ', 'sys.path', 'sys.argv', 'sys.meta_path', 'sys.path_hooks', 'sys.modules', 'builtins')
# These modules have settings of the whole process.
PROCESS_MODULES = _words(
    """
    asyncio builtins decimal dotenv faulthandler gc gevent locale logging multiprocessing nest_asyncio os random
    resource signal socket ssl sys threading tracemalloc uvloop warnings"""
)
# (end of the path, what the reader is told)
SENTENCES = (
    ('seed', 'sets the random seed'),
    ('manual_seed', 'sets the random seed'),
    ('set_seed', 'sets the random seed'),
    ('set_random_seed', 'sets the random seed'),
    ('set_start_method', 'sets how processes start'),
    ('set_event_loop_policy', 'sets the event loop'),
    ('filterwarnings', 'sets which warnings are shown'),
    ('simplefilter', 'sets which warnings are shown'),
    ('resetwarnings', 'sets which warnings are shown'),
    ('basicConfig', 'sets up logging'),
    ('dictConfig', 'sets up logging'),
    ('fileConfig', 'sets up logging'),
    ('addHandler', 'sets up logging'),
    ('setLevel', 'sets up logging'),
    ('chdir', 'changes the working folder'),
    ('load_dotenv', 'sets environment variables'),
    ('style.use', 'sets the style of plots'),
    ('set_theme', 'sets the style of plots'),
    ('setlocale', 'sets the locale'),
    ('setrecursionlimit', 'sets the recursion limit'),
)
SENTENCES_OF_OBJECTS = (
    ('os.environ', 'sets environment variables'),
    ('sys.path', 'changes where modules are found'),
    ('sys.argv', 'sets the arguments'),
    ('matplotlib.rcParams', 'sets the style of plots'),
    ('matplotlib.pyplot.rcParams', 'sets the style of plots'),
)
# Functions of `random` and `numpy.random` that take no number from the shared sequence.
NO_DRAW = _words('BitGenerator Generator PCG64 Random RandomState SeedSequence SystemRandom default_rng seed')
# Functions of matplotlib.pyplot that do not draw into the current figure, and those that begin a new one.
NO_DRAWING = _words(
    """
    close figure get_cmap ioff ion rc savefig set_cmap show style subplot_mosaic subplots switch_backend use"""
)
NEW_FIGURE = _words('close figure show subplot_mosaic subplots')

CONTAINERS = (ast.List, ast.Tuple, ast.Set)
PLAIN = (ast.Name, ast.Attribute, ast.Subscript, ast.Starred)
