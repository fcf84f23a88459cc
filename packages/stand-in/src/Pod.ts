/** Where a stand-in runs: what the kubelet tells a container of itself. */
export interface Pod {
  readonly namespace: string
  readonly name: string
  readonly ip: string
  readonly node: string
  readonly container: string
  /** As the pod names it. */
  readonly image: string
}
