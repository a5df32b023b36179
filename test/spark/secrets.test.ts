// What is set for a chosen Spark reaches it, also what its JVM must know when it starts; secrets stand on no command line.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noSecrets } from '../../src/run/clusters.ts';
import { sparkPythons, succeeded } from '../frames/support/harness.ts';

const source = `
import glob
from pyspark import SparkContext

sc = SparkContext()
print(sc.getConf().get('spark.authenticate.secret'), sc.getConf().get('spark.app.name.suffix'), sc.parallelize(range(5), 1).sum())
print(sc._jvm.java.lang.Runtime.getRuntime().maxMemory() >> 20)
lines = b''
for path in glob.glob('/proc/[0-9]*/cmdline'):
    try:
        with open(path, 'rb') as file:
            lines += file.read()
    except OSError:
        pass
print(b'pyspark-shell' in lines, b'hush-' + b'17' in lines)
sc.stop()
`;

for (const python of sparkPythons().slice(0, 1)) {
  test(`Spark's shared secret: ${python}`, async t => {
    const { stdout } = await succeeded(t, {
      source,
      python,
      clusters: {
        dask: null,
        spark: { master: 'local[1]', conf: { 'spark.app.name.suffix': 'here', 'spark.driver.memory': '640m' } },
      },
      clusterSecrets: { ...noSecrets, sparkConf: { 'spark.authenticate.secret': 'hush-17' } },
    });
    assert.equal(stdout, 'hush-17 here 10\n640\nTrue False\n');
  });
}
