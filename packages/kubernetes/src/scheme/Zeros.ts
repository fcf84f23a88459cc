/** What is written without being given, though OpenAPI does not say so: pointers and lists as `null`, quantities. By type and field. */
import type { JsonRecord } from "../Json.ts"

export const zeros: Readonly<Record<string, JsonRecord>> = {
  "api.core.v1.TypedLocalObjectReference": { apiGroup: null },
  "api.core.v1.TypedObjectReference": { apiGroup: null },
  "api.storage.v1.CSINodeDriver": { topologyKeys: null },
  "api.autoscaling.v2.HorizontalPodAutoscalerStatus": { currentMetrics: null },
  "api.flowcontrol.v1.ResourcePolicyRule": { namespaces: null },
  "api.resource.v1.DeviceClaim": { requests: null },
  "api.resource.v1.ResourceSliceSpec": { devices: null },
  "api.resource.v1.DeviceCapacity": { value: "0" },
  "apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionStatus": { conditions: null }
}
