"""Frames (tables of pandas, polars, Arrow, Dask, Spark, DuckDB) as previews for the panel. Imports none of them."""
