"""The Python client as its documentation uses it; prints what it saw as one JSON object."""

import json
import sys
import time

from kubernetes import client, config, dynamic, utils, watch
from kubernetes.stream import stream

config.load_kube_config(config_file=sys.argv[1])
core = client.CoreV1Api()
apps = client.AppsV1Api()
hotel = "test-hotel-reservation"
seen = {"version": client.VersionApi().get_code().git_version}

pods = core.list_pod_for_all_namespaces(watch=False)
seen["listed"] = sorted({pod.metadata.labels.get("io.kompose.service", "") for pod in pods.items})
page = core.list_namespaced_pod(hotel, limit=2)
seen["page"] = [len(page.items), bool(page.metadata._continue)]
geo = core.list_namespaced_pod(hotel, label_selector="io.kompose.service=geo").items[0].metadata.name

before = core.list_namespaced_config_map("default").metadata.resource_version
core.create_namespaced_config_map("default", client.V1ConfigMap(metadata=client.V1ObjectMeta(name="python"), data={"a": "1"}))
core.patch_namespaced_config_map("python", "default", {"data": {"b": "2"}})
held = core.read_namespaced_config_map("python", "default")
held.data["c"] = "3"
core.replace_namespaced_config_map("python", "default", held)
try:
    core.replace_namespaced_config_map("python", "default", held)
except client.ApiException as refused:
    seen["conflict"] = [refused.status, json.loads(refused.body)["reason"]]
seen["data"] = core.read_namespaced_config_map("python", "default").data
core.delete_namespaced_config_map("python", "default")

events = []
watcher = watch.Watch()
for event in watcher.stream(core.list_namespaced_config_map, "default", resource_version=before, timeout_seconds=600):
    events.append([event["type"], event["object"].metadata.name])
    if event["type"] == "DELETED":
        watcher.stop()
seen["events"] = events

deployment = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "python"},
    "spec": {
        "replicas": 1,
        "selector": {"matchLabels": {"app": "python"}},
        "template": {
            "metadata": {"labels": {"app": "python"}},
            "spec": {"containers": [{"name": "cache", "image": "memcached"}]},
        },
    },
}
utils.create_from_dict(client.ApiClient(), deployment)
apps.patch_namespaced_deployment_scale("python", "default", {"spec": {"replicas": 2}})
for event in watch.Watch().stream(apps.list_namespaced_deployment, "default", field_selector="metadata.name=python", timeout_seconds=1200):
    if event["object"].status.ready_replicas == 2:
        seen["ready"] = 2
        break

deployments = dynamic.DynamicClient(client.ApiClient()).resources.get(api_version="apps/v1", kind="Deployment")
applied = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "python", "labels": {"made": "by-apply"}}}
deployments.server_side_apply(body=applied, name="python", namespace="default", field_manager="one")
found = deployments.get(name="python", namespace="default")
seen["managers"] = sorted({entry.manager for entry in found.metadata.managedFields if entry.operation == "Apply"})
applied["metadata"]["labels"]["made"] = "by-another"
try:
    deployments.server_side_apply(body=applied, name="python", namespace="default", field_manager="two")
except dynamic.exceptions.ConflictError as refused:
    seen["applyConflict"] = json.loads(refused.body)["message"]
forced = deployments.server_side_apply(body=applied, name="python", namespace="default", field_manager="two", force_conflicts=True)
seen["forced"] = forced.metadata.labels.made

apps.delete_namespaced_deployment("python", "default", propagation_policy="Foreground")
seen["deleted"] = False
for _ in range(200):
    if len(core.list_namespaced_pod("default", label_selector="app=python").items) == 0:
        seen["deleted"] = True
        break
    time.sleep(0.1)

mongo = core.list_namespaced_pod(hotel, label_selector="io.kompose.service=mongodb-geo").items[0].metadata.name
seen["exec"] = stream(
    core.connect_get_namespaced_pod_exec, mongo, hotel, command=["sh", "-c", "echo out; echo err >&2"],
    stderr=True, stdin=False, stdout=True, tty=False,
)
shell = stream(
    core.connect_get_namespaced_pod_exec, mongo, hotel, command=["sh", "-c", "echo once; exit 3"],
    stderr=True, stdin=False, stdout=True, tty=False, _preload_content=False,
)
shell.run_forever(timeout=20)
seen["exit"] = [shell.read_stdout(), shell.returncode]
seen["log"] = len(core.read_namespaced_pod_log(geo, hotel, tail_lines=3).splitlines())

try:
    core.read_namespaced_pod("nobody", "default")
except client.ApiException as refused:
    seen["missing"] = [refused.status, json.loads(refused.body)["message"]]

print(json.dumps(seen))
