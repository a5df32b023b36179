"""polars: which of its entry points are operations. What a lazy frame plans is none; what computes it is."""
import sys

from . import polars_plans
from .watching import watch

_FUNCTIONS = (
    'read_csv read_csv_batched read_parquet read_json read_ndjson read_ipc read_ipc_stream read_excel read_ods read_database read_database_uri read_sql '
    'read_avro read_delta read_clipboard collect_all from_pandas from_arrow from_dicts from_dict from_records from_numpy from_dataframe'
)
_FRAME = (
    'filter select with_columns with_column join join_asof join_where sort unique pivot unpivot melt explode unnest describe top_k bottom_k drop_nulls '
    'fill_null fill_nan vstack hstack extend transpose upsample n_unique is_duplicated is_unique partition_by rechunk sample sum mean median min max std '
    'var quantile product corr to_dummies map_rows apply fold hash_rows interpolate merge_sorted update shrink_to_fit reverse group_by_dynamic '
    'write_csv write_parquet write_json write_ndjson write_ipc write_ipc_stream write_excel write_database write_delta write_avro '
    'to_pandas to_arrow to_numpy to_dict to_dicts to_torch to_jax rows rows_by_key equals frame_equal'
)
_LAZY = 'collect sink_csv sink_parquet sink_ipc sink_ndjson sink_delta'
_GROUPED = 'agg all sum mean median min max count len n_unique first last quantile apply map_groups head tail'
_COLUMN = (
    'sort arg_sort unique value_counts n_unique sum mean median min max std var quantile cast is_in map_elements apply rank rolling_mean rolling_sum '
    'cum_sum cumsum to_list to_numpy to_pandas to_arrow to_dummies filter drop_nulls sample hist cut qcut'
)


def patch(polars):
    for name in _FUNCTIONS.split():
        watch(getattr(polars, name, None), 'polars.' + name, 'polars')
    watch(getattr(polars, 'concat', None), 'polars.concat', 'polars', ('parts', 'copy'))
    _methods(polars.DataFrame, _FRAME)
    _methods(polars.LazyFrame, _LAZY, after=polars_plans.tell_query)
    _methods(polars.LazyFrame, 'profile', after=polars_plans.tell_profile)
    _methods(polars.LazyFrame, 'fetch')
    polars_plans.patch()
    _methods(polars.Series, _COLUMN, details=('quiet',))
    watch(polars.DataFrame.__init__, 'polars.DataFrame', 'polars', ('quiet', 'new'))
    for path in ('polars.dataframe.group_by', 'polars.dataframe.groupby'):
        for name in ('GroupBy', 'DynamicGroupBy', 'RollingGroupBy'):
            _methods(getattr(sys.modules.get(path), name, None), _GROUPED, 'group_by')


def _methods(cls, names, label='', details=(), after=None):
    for name in names.split():
        watch(getattr(cls, name, None), '%s.%s' % (label or 'polars.' + cls.__name__, name), 'polars', details, after)
