/**
 * What of the built-in API this server leaves out: it is absent from discovery and answers 404. Everything else of `data.json` is
 * served by the same code.
 */

/** Groups, or a version of a group. */
const groups = new Set([
  "admissionregistration.k8s.io", // webhooks are not called
  "apiextensions.k8s.io",
  "apiregistration.k8s.io",
  "autoscaling/v1", // stored as autoscaling/v2
  "certificates.k8s.io",
  "events.k8s.io", // stored as core v1
  "flowcontrol.apiserver.k8s.io",
  "resource.k8s.io"
])

const resources = new Set(["componentstatuses", "ipaddresses", "servicecidrs", "tokenreviews"])

const subresources = new Set(["status", "scale", "log", "exec", "binding", "eviction"])

export const isServed = (group: string, version: string, name: string): boolean => {
  if (groups.has(group) || groups.has(`${group}/${version}`)) return false
  const [resource = "", subresource] = name.split("/")
  return !resources.has(resource) && (subresource === undefined || subresources.has(subresource))
}
