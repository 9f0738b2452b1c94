"""Python's client on a cluster: each kind that it is given (paths of manifests) is created, read, listed, watched, patched
and deleted through its dynamic client. Prints one line of JSON a step that failed, and at the end how many kinds it has been
through. `python3 python.py KUBECONFIG MANIFEST…`"""
import json
import sys
import time

import yaml
from kubernetes import config, dynamic, watch
from kubernetes.client import CoreV1Api
from kubernetes.dynamic.exceptions import ConflictError

kubeconfig, *manifests = sys.argv[1:]
client = dynamic.DynamicClient(config.new_client_from_config(kubeconfig))
faults = 0


def step(what, run):
    global faults
    try:
        return run()
    except Exception as error:  # every failure is told, whatever it is
        faults += 1
        print(json.dumps({"what": what, "message": str(getattr(error, "body", None) or error)[:500]}))
        return None


def first_event(resource, name, namespace):
    for event in resource.watch(namespace=namespace, field_selector=f"metadata.name={name}", timeout=15):
        return event["type"]
    raise RuntimeError("no event")


def created(resource, body, namespace):
    """Others may have deleted what has the name, and some kinds take ten seconds to go."""
    for left in range(30, -1, -1):
        try:
            return resource.create(body=body, namespace=namespace)
        except ConflictError as error:
            if left == 0 or b"is being deleted" not in error.body:
                raise
            time.sleep(0.5)


def cycle(manifest):
    with open(manifest, encoding="utf-8") as text:
        body = yaml.safe_load(text)
    version, kind = body["apiVersion"], body["kind"]
    name, namespace = body["metadata"]["name"], body["metadata"].get("namespace")
    what = lambda verb: f"{verb} {version} {kind}"
    resource = step(what("discover"), lambda: client.resources.get(api_version=version, kind=kind))
    if resource is None or step(what("create"), lambda: created(resource, body, namespace)) is None:
        return
    step(what("get"), lambda: resource.get(name=name, namespace=namespace))

    def listed():
        assert any(item.metadata.name == name for item in resource.get(namespace=namespace).items), "it is not in the list"

    step(what("list"), listed)
    step(what("watch"), lambda: first_event(resource, name, namespace))

    def patched():
        change = {"metadata": {"name": name, "annotations": {"step": "python"}}}
        result = resource.patch(body=change, name=name, namespace=namespace, content_type="application/merge-patch+json")
        assert result.metadata.annotations["step"] == "python", "it has not changed"

    step(what("patch"), patched)
    step(what("delete"), lambda: resource.delete(name=name, namespace=namespace, body={"gracePeriodSeconds": 0}))


for each in manifests:
    cycle(each)


def typed():
    core = CoreV1Api(config.new_client_from_config(kubeconfig))
    core.create_namespaced_config_map("default", {"metadata": {"name": "typed"}, "data": {"a": "b"}})
    assert core.read_namespaced_config_map("typed", "default").data == {"a": "b"}
    for event in watch.Watch().stream(core.list_namespaced_config_map, "default", timeout_seconds=15):
        if event["object"].metadata.name == "typed":
            break
    core.delete_namespaced_config_map("typed", "default")


step("typed client", typed)
print(json.dumps({"kinds": len(manifests), "faults": faults}))
sys.exit(0 if faults == 0 else 1)
