/** Where a pod finds the API server; the address of a kubeconfig means nothing in here. */
export const address = "https://kubernetes.default.svc"
