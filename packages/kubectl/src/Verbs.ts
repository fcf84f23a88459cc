/** Every command there is. */
import type { Family, Verb } from "./Invocation.ts"
import { apply } from "./verbs/Apply.ts"
import { auth } from "./verbs/Auth.ts"
import { cordon, uncordon } from "./verbs/Cordon.ts"
import { create, replace } from "./verbs/Create.ts"
import { remove } from "./verbs/Delete.ts"
import { describe } from "./verbs/Describe.ts"
import { events } from "./verbs/Events.ts"
import { exec } from "./verbs/Exec.ts"
import { get } from "./verbs/Get.ts"
import { apiResources, apiVersions, clusterInfo, config, top, version } from "./verbs/Info.ts"
import { annotate, label } from "./verbs/Label.ts"
import { logs } from "./verbs/Logs.ts"
import { patch } from "./verbs/Patch.ts"
import { rollout } from "./verbs/Rollout.ts"
import { run } from "./verbs/Run.ts"
import { scale } from "./verbs/Scale.ts"
import { set } from "./verbs/Set.ts"
import { wait } from "./verbs/Wait.ts"

export const verbs: Readonly<Record<string, Verb>> = {
  annotate,
  "api-resources": apiResources,
  "api-versions": apiVersions,
  apply,
  "cluster-info": clusterInfo,
  cordon,
  create,
  delete: remove,
  describe,
  events,
  exec,
  get,
  label,
  log: logs,
  logs,
  patch,
  replace,
  run,
  scale,
  uncordon,
  version,
  wait
}

export const families: Readonly<Record<string, Family>> = { auth, config, rollout, set, top }

/** Commands of kubectl that need a terminal, a port or a process of their own, and what to do instead. */
export const refused: Readonly<Record<string, string>> = {
  attach: "there is no terminal to attach here: use `kubectl logs` or `kubectl exec POD -- COMMAND`",
  autoscale: "`kubectl autoscale` is not supported here: use `kubectl apply -f` with a HorizontalPodAutoscaler",
  certificate: "`kubectl certificate` is not supported here",
  completion: "there is no shell completion here",
  cp: "files cannot be copied here: use `kubectl exec POD -- cat FILE`",
  debug: "debug containers need a terminal: use `kubectl exec POD -- COMMAND`",
  diff: "`kubectl diff` is not supported here: use `kubectl get -o yaml` and compare",
  drain: "`kubectl drain` is not supported here: use `kubectl cordon` and `kubectl delete pod`",
  edit: "there is no editor here: use `kubectl patch`, `kubectl set` or `kubectl apply -f`",
  explain: "`kubectl explain` is not supported here: use `kubectl get -o yaml` to see an object's fields",
  expose: "`kubectl expose` is not supported here: use `kubectl apply -f` with a Service",
  kustomize: "kustomizations are not supported here: write the manifests out and use `kubectl apply -f`",
  plugin: "there are no plugins here",
  "port-forward": "ports cannot be forwarded here: use `kubectl exec POD -- COMMAND` to reach a service from inside the cluster",
  proxy: "a proxy would not end here: use `kubectl get --raw PATH`",
  taint: "`kubectl taint` is not supported here: use `kubectl patch node`"
}
