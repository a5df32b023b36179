"""DuckDB: queries and the reading of their results."""
import sys
from types import FunctionType

from ..recorder import fault
from ..sites import hide_code
from ..wrap import dress, replace
from . import frames, operations
from .watching import watch

_CONNECTION = (
    'execute executemany sql query from_query fetchall fetchmany fetchdf fetch_df df fetchnumpy fetch_arrow_table arrow pl to_arrow_table '
    'read_csv read_json read_parquet'
)
_RELATION = (
    'execute fetchall fetchmany fetchdf df to_df fetchnumpy arrow to_arrow_table fetch_arrow_table pl show to_csv write_csv to_parquet write_parquet '
    'create to_table insert_into materialize to_dicts'
)
# They take a query, the first words of which go into the label; where the query stands among the arguments.
_QUERIES = ('execute', 'executemany', 'sql', 'query', 'from_query')
# Called for some rows at a time: only the long ones are worth a record. What is called for each row (fetchone) is left alone.
_QUIET = ('fetchmany',)
_IS_FUNCTION = 0x02  # its frames have local variables of their own


def patch(duckdb):
    for name in (_CONNECTION + ' ' + _RELATION).split():
        _function(duckdb, name)
    for cls, names in ((duckdb.DuckDBPyConnection, _CONNECTION), (duckdb.DuckDBPyRelation, _RELATION)):
        for name in names.split():
            _method(cls, name)


def _details(name):
    return ('quiet',) if name in _QUIET else ()


def _function(module, name):
    function = getattr(module, name, None)
    if function is None:
        return
    if type(function) is FunctionType:
        watch(function, 'duckdb.' + name, 'duckdb', _details(name) + (('query',) if name in _QUERIES else ()))
    else:
        replace(module, name, lambda original: _recorded(original, name, 0), __reduce_ex__=lambda self, protocol: function.__reduce_ex__(protocol))


def _method(cls, name):
    function = cls.__dict__.get(name)
    if function is None:
        return
    if type(function) is FunctionType:
        watch(function, 'duckdb.' + name, 'duckdb', _details(name) + (('query',) if name in _QUERIES else ()))
    else:
        setattr(cls, name, dress(_recorded(function, name, 1), function))


# A query may name the caller's variables as tables: DuckDB looks for them in the frame that called it, so it has to find them in ours. The names in
# this code are none that a query could have.
_call = compile('function(*arguments, **keywords)', '<duckdb>', 'eval')
_names = {'function': '\0function', 'arguments': '\0arguments', 'keywords': '\0keywords'}
_call = _call.replace(co_names=tuple(_names[name] for name in _call.co_names), co_filename=__file__)
hide_code(_call)


def _recorded(function, name, query_at):
    entry = operations.Entry('duckdb.' + name, 'duckdb', _details(name))
    operations.known[id(entry)] = entry, entry
    is_query = name in _QUERIES
    own_query_names = ('query', 'sql')

    def call(*arguments, **keywords):
        operation = None
        try:
            caller = sys._getframe(1)
            operation = operations.begin(entry, 0, caller)
            query = arguments[query_at] if len(arguments) > query_at else None
            for each in own_query_names:
                query = keywords.get(each, query)
            scope = _scope(caller, query) if is_query else {}
        except Exception as error:
            fault(error)
            scope = {}
        scope.update(((_names['function'], function), (_names['arguments'], arguments), (_names['keywords'], keywords)))
        try:
            value = eval(_call, caller.f_globals, scope)
        except BaseException as error:
            if operation is not None:
                operations.fail(operation, error)
            raise
        finally:
            scope = caller = None
        if operation is not None:
            try:
                operations.end(operation, value, None, frames.first_words(query) if is_query else '')
            except Exception as error:
                fault(error)
        return value

    return call


def _scope(caller, query):
    """
    The local variables that a query may mean. Before Python 3.13 a look at them makes the frame keep what they were: only where the query has one
    of their names, so that DuckDB looks itself.
    """
    code = caller.f_code
    if not code.co_flags & _IS_FUNCTION:
        return {} if caller.f_locals is caller.f_globals else dict(caller.f_locals)
    names = code.co_varnames + code.co_cellvars + code.co_freevars
    if type(query) is str and not any(name in query for name in names):
        return {}
    return dict(caller.f_locals)
