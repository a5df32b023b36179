"""What Spark itself tells of an application by its REST API, into a file: for tests, appended to their programs."""


def _save_rest(spark_context, path):
    import json
    from urllib.request import build_opener, ProxyHandler

    # All that was posted until now has then been told to every listener, ours and that of the REST API.
    spark_context._jsc.sc().listenerBus().waitUntilEmpty()
    opener = build_opener(ProxyHandler({}))
    base = '%s/api/v1/applications/%s' % (spark_context.uiWebUrl, spark_context.applicationId)

    def get(what):
        with opener.open(base + what, timeout=60) as answer:
            return json.load(answer)

    stages = get('/stages')
    tasks = {}
    for stage in stages:
        if stage['status'] != 'SKIPPED':
            key = '%d.%d' % (stage['stageId'], stage['attemptId'])
            tasks[key] = get('/stages/%d/%d/taskList?offset=0&length=100000' % (stage['stageId'], stage['attemptId']))
    told = {'jobs': get('/jobs'), 'stages': stages, 'tasks': tasks, 'executors': get('/allexecutors'), 'storage': get('/storage/rdd')}
    with open(path, 'w') as file:
        json.dump(told, file)
