"""
A job of Spark of about 10 s on two cores: shuffles of SQL, many small actions, a function that runs row by row in Python workers, and RDDs.

Prints JSON: {"startS", "jobS", "jobCpuS", "result"}: how long the session took to be there; how long the job took then, and the CPU time of this
process and all below it (the JVM, Python workers) meanwhile; and a checksum of what was computed.
"""
import json
import os
import time

begun = time.perf_counter()


def cpu_seconds():
    """Of this process and everything below it, also of children that have ended."""
    parents, times = {}, {}
    for name in os.listdir('/proc'):
        if name.isdigit():
            try:
                with open('/proc/%s/stat' % name) as file:
                    fields = file.read().rpartition(')')[2].split()
            except OSError:
                continue
            parents[int(name)] = int(fields[1])
            times[int(name)] = sum(map(int, fields[11:15]))
    total = 0
    for pid in times:
        above = pid
        while above and above != os.getpid():
            above = parents.get(above)
        if above:
            total += times[pid]
    return total / os.sysconf('SC_CLK_TCK')


from pyspark.sql import SparkSession
from pyspark.sql import functions as F

spark = (
    SparkSession.builder.master('local[2]')
    .config('spark.ui.enabled', 'false')
    .config('spark.sql.shuffle.partitions', '40')
    .config('spark.driver.memory', '1g')
    .getOrCreate()
)
spark.range(1).count()
ready = time.perf_counter()
cpu = cpu_seconds()

result = 0
people = spark.range(0, 1_000_000, 1, 8).select(
    F.col('id'), (F.hash('id') % 100_000).alias('city'), (F.rand(7) * 10_000).alias('salary')
)
for _ in range(2):
    cities = people.groupBy('city').agg(F.avg('salary').alias('mean'), F.count('*').alias('people'))
    result += people.join(cities, 'city').where('salary > mean').count()
for limit in range(20):
    result += spark.range(1000).where(F.col('id') > limit).groupBy((F.col('id') % 7).alias('rest')).count().count()

raised = F.udf(lambda salary: salary * 1.1 + len(str(salary)), 'double')
result += people.where('id < 200000').select(raised('salary').alias('raised')).where('raised > 5000').count()

words = spark.sparkContext.parallelize(range(200_000), 20)
result += words.map(lambda number: (number % 1000, 1)).reduceByKey(lambda a, b: a + b).count()
done = time.perf_counter()
print(json.dumps({'startS': ready - begun, 'jobS': done - ready, 'jobCpuS': cpu_seconds() - cpu, 'result': result}))
spark.stop()
