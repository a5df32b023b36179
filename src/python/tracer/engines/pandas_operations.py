"""pandas: which of its entry points are operations."""
import sys

from .watching import has_monitoring, innermost, pass_through, watch

_FUNCTIONS = (
    'read_csv read_table read_fwf read_excel read_json read_html read_xml read_parquet read_orc read_feather read_sql read_sql_query read_sql_table '
    'read_pickle read_hdf read_stata read_sas read_spss merge merge_asof merge_ordered pivot pivot_table crosstab melt get_dummies cut qcut '
    'to_datetime to_numeric to_timedelta factorize'
)
# Of DataFrame and Series, whichever has them.
_METHODS = (
    'merge join map applymap agg aggregate transform pivot pivot_table melt stack unstack explode value_counts sort_values sort_index '
    'drop_duplicates duplicated unique nunique describe corr cov corrwith quantile mode rank sum mean median min max std var sem skew kurt prod count '
    'cumsum cumprod cummax cummin any all idxmax idxmin nlargest nsmallest dropna isna isin between shift diff pct_change sample '
    'combine_first update compare dot factorize searchsorted autocorr info memory_usage transpose '
    'to_csv to_parquet to_excel to_json to_sql to_pickle to_hdf to_feather to_orc to_stata to_html to_string to_markdown to_latex to_dict to_records '
    'to_numpy convert_dtypes infer_objects'
)
_COPIES = (
    'copy astype reset_index set_index reindex drop rename assign round select_dtypes fillna ffill bfill replace clip interpolate where mask'
)
# They look for names in the frames that called them: before Python 3.12 ours would be among these.
_LOOK_AROUND = 'query eval'
# So frequent that only the long ones are worth a record.
_OPERATORS = {
    **{'__%s__' % name: sign for name, sign in zip('lt le gt ge eq ne'.split(), '< <= > >= == !='.split())},
    **{'__%s__' % name: sign for name, sign in zip('add sub mul truediv floordiv mod pow'.split(), '+ - * / // % **'.split())},
    **{'__r%s__' % name: sign for name, sign in zip('add sub mul truediv floordiv mod pow'.split(), '+ - * / // % **'.split())},
    **{'__%s__' % name: sign for name, sign in zip('and or xor invert neg'.split(), '& | ^ ~ -'.split())},
}
_GROUPED = (
    'agg aggregate apply transform filter pipe sum mean median min max std var sem prod count size nunique first last nth quantile rank cumsum cumprod '
    'cumcount cummax cummin value_counts describe ngroup ohlc shift diff ffill bfill fillna idxmax idxmin nlargest nsmallest sample corr cov '
    'asfreq interpolate mode'
)
_TEXT = (
    'cat contains count endswith extract extractall find findall fullmatch get get_dummies join len lower lstrip match normalize pad partition removeprefix '
    'replace rpartition rsplit rstrip slice split startswith strip title upper zfill'
)


def patch(pandas):
    def function(name, details=()):
        watch(getattr(pandas, name, None), name, 'pandas', details)

    def methods(names, *details):
        for name in names.split():
            frame, column = (innermost(getattr(cls, name, None)) for cls in (pandas.DataFrame, pandas.Series))
            if frame is column:
                watch(frame, name, 'pandas', ('owner',) + details)
            else:
                watch(frame, 'DataFrame.' + name, 'pandas', details)
                watch(column, 'Series.' + name, 'pandas', details)

    for name in _FUNCTIONS.split():
        function(name)
    function('concat', ('parts', 'copy'))
    methods(_METHODS)
    methods(_COPIES, 'copy')
    methods('apply', 'axis')
    if has_monitoring:
        methods(_LOOK_AROUND)
        function('eval')
    # A look at a column is quick and frequent: of `frame[…]` only what copies rows or several columns is watched.
    pass_through(pandas.DataFrame.__getitem__)
    for name in ('_getitem_bool_array', '_take_with_is_copy' if hasattr(pandas.DataFrame, '_take_with_is_copy') else 'take'):
        watch(getattr(pandas.DataFrame, name, None), '[]', 'pandas', ('owner', 'operator', 'quiet'))
    for cls in (pandas.DataFrame, pandas.Series):
        watch(cls.__init__, cls.__name__, 'pandas', ('quiet', 'new'))
        for name, sign in _OPERATORS.items():
            watch(getattr(cls, name, None), sign, 'pandas', ('owner', 'operator', 'quiet'))
    for cls, label in _other_classes():
        for name in (_TEXT if label == 'str' else _GROUPED).split():
            watch(getattr(cls, name, None), label + '.' + name, 'pandas')


def _other_classes():
    """Classes that have operations too, by where pandas 1 to 3 keep them."""
    for path, names in (
        ('pandas.core.groupby.generic', {'DataFrameGroupBy': 'groupby', 'SeriesGroupBy': 'groupby'}),
        ('pandas.core.window.rolling', {'Rolling': 'rolling', 'RollingGroupby': 'rolling'}),
        ('pandas.core.window.expanding', {'Expanding': 'expanding'}),
        ('pandas.core.window.ewm', {'ExponentialMovingWindow': 'ewm'}),
        ('pandas.core.resample', {'Resampler': 'resample'}),
        ('pandas.core.strings.accessor', {'StringMethods': 'str'}),
    ):
        module = sys.modules.get(path)
        for name, label in names.items():
            cls = getattr(module, name, None)
            if cls is not None:
                yield cls, label
