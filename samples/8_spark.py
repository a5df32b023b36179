"""Spark from Python: a context, a dataframe that is read, shown and selected from, and what each step costs."""

# %% [markdown]
# # PySpark DataFrame
# Spark runs in a Java virtual machine that Python talks to. Its dataframes are immutable, lazy and distributed:
# a transformation such as `select` makes a new one and does nothing yet, an action such as `show` makes Spark plan a job
# and run it as stages of tasks, one task for each partition.
#
# Needs pyspark (`requirements.txt`) and Java 17 or newer.

# %%
from time import perf_counter

from pyspark import SparkContext
from pyspark.sql import SparkSession, SQLContext

from make_people import people_csv

path = people_csv()

# %% [markdown]
# ## Start
# Most of the time of a small program: a JVM starts, and Spark in it.

# %%
start = perf_counter()
sc = SparkContext.getOrCreate()
sqlContext = SQLContext(sc)
print(f"Spark {sc.version} with {sc.defaultParallelism} cores in {perf_counter() - start:.1f} s")

# %% [markdown]
# ## Read and show
# With `header=True` Spark reads the first lines of the file, for the names. `show` runs a job that reads as much as it shows.

# %%
df = sqlContext.read.csv(path, header=True)
df.printSchema()

# %%
df.show(5)

# %% [markdown]
# ## Select
# Without an action it is a plan: no job, no task.

# %%
print(df.select("name", "salary"))

# %%
df.select("name", "salary").show(5)

# %% [markdown]
# ## Group
# Rows of the same city have to meet: Spark shuffles them between two stages, and the second waits for all of the first.

# %%
start = perf_counter()
df.groupBy("city").count().orderBy("city").show()
print(f"grouped in {perf_counter() - start:.1f} s")

# %% [markdown]
# ## SparkSession
# What has taken the place of SQLContext: one object for all of it. `getOrCreate` gives the session that is there.

# %%
spark = SparkSession.builder.appName("random people").getOrCreate()
salaries = spark.read.csv(path, header=True, inferSchema=True)
salaries.selectExpr("count(*)", "sum(salary)").show()

# %%
spark.stop()
