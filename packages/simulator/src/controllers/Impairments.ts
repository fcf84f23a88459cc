/** The network of pods is another than it was: probes whose answers nothing but their containers decided have to be asked again. */
import type { Controller } from "../Controller.ts"
import { asPod } from "../Kinds.ts"
import * as Probes from "../kubelet/Probes.ts"
import { networkImpairments } from "../Plane.ts"

export const impairments: Controller = {
  name: "impairments",
  resources: [networkImpairments],
  observe: (turn) => turn.enqueue("impairments", ""),
  reconcile: (turn) => {
    for (const { name, namespace, uid } of turn.pods.valuesArray()) {
      const found = turn.get("pods", namespace, name)
      if (found?.metadata.uid === uid) Probes.rouse(turn, asPod(found), uid, () => true)
    }
  }
}
