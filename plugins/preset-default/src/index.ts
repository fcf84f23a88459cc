/** The plugins that come with the command line: import this to have them all. */
import { plugin as agentBaselines } from "@aiopslab/agent-baselines"
import { plugin as agentProcess } from "@aiopslab/agent-process"
import { plugin as hotelReservation } from "@aiopslab/app-hotel-reservation"
import { plugin as busybox } from "@aiopslab/behaviour-busybox"
import { plugin as mongodb } from "@aiopslab/behaviour-mongodb"
import { plugin as embedded } from "@aiopslab/cluster-embedded"
import { plugin as kind } from "@aiopslab/cluster-kind"
import { plugin as kubeconfig } from "@aiopslab/cluster-kubeconfig"
import { definePlugin } from "@aiopslab/core/Plugin"
import { plugin as health } from "@aiopslab/evaluator-health"
import { plugin as containerFaults } from "@aiopslab/fault-container"
import { plugin as kubernetesFaults } from "@aiopslab/fault-kubernetes"
import { plugin as mongodbFaults } from "@aiopslab/fault-mongodb"
import { plugin as networkFaults } from "@aiopslab/fault-network"
import { plugin as tasks } from "@aiopslab/task-aiops"
import { plugin as httpMix } from "@aiopslab/workload-http-mix"

export const plugin = definePlugin({
  name: "@aiopslab/preset-default",
  plugins: [
    embedded,
    kind,
    kubeconfig,
    hotelReservation,
    busybox,
    mongodb,
    httpMix,
    kubernetesFaults,
    mongodbFaults,
    networkFaults,
    containerFaults,
    tasks,
    health,
    agentBaselines,
    agentProcess
  ]
})
