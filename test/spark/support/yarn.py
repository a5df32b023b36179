"""A YARN cluster in one process, with two node managers whose containers are processes. Arguments: the jars, a folder. Ends with its input.

Writes FOLDER/conf/yarn-site.xml, by which clients find it, then says "ready".
"""
import os
import sys

from pyspark import SparkConf
from pyspark.java_gateway import launch_gateway

jars, folder = sys.argv[1:]
settings = {
    'yarn.nodemanager.resource.memory-mb': '4096',
    'yarn.nodemanager.resource.cpu-vcores': '2',
    'yarn.scheduler.minimum-allocation-mb': '256',
    'yarn.scheduler.capacity.root.queues': 'default',
    'yarn.scheduler.capacity.root.default.capacity': '100',
    'yarn.scheduler.capacity.maximum-am-resource-percent': '0.5',
    'yarn.nodemanager.vmem-check-enabled': 'false',
    'yarn.nodemanager.pmem-check-enabled': 'false',
    # How full the disk of this machine is says nothing here.
    'yarn.nodemanager.disk-health-checker.enable': 'false',
}
conf = SparkConf(loadDefaults=False).set('spark.driver.extraClassPath', jars)
conf.set('spark.driver.extraJavaOptions', '-Dtest.build.data=%s/work' % folder)
jvm = launch_gateway(conf).jvm
configuration = jvm.org.apache.hadoop.yarn.conf.YarnConfiguration()
for name, value in settings.items():
    configuration.set(name, value)
cluster = jvm.org.apache.hadoop.yarn.server.MiniYARNCluster('yarn', 2, 1, 1)
cluster.init(configuration)
cluster.start()
text = jvm.java.io.StringWriter()
cluster.getConfig().writeXml(text)
os.mkdir(os.path.join(folder, 'conf'))
with open(os.path.join(folder, 'conf', 'yarn-site.xml'), 'w') as file:
    file.write(text.toString())
print('ready', flush=True)
sys.stdin.read()
cluster.stop()
