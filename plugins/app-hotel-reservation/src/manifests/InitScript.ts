/**
 * What a store with `--auth` runs once, on an empty data folder: the image's entry point executes the scripts of
 * `/docker-entrypoint-initdb.d` against a mongod that does not ask for passwords yet.
 */
import type { KubeObject } from "@aiopslab/core/Kubernetes"
import { appUser, type Credentials, rootUser, type Store } from "../GoServices.ts"

export const initScriptOf = (store: Store): string => `mongo-${store.volume}-script`

const createUser = ({ user, password }: Credentials, role: string, database: string): string =>
  `db.createUser({ user: "${user}", pwd: "${password}", roles: [{ role: "${role}", db: "${database}" }] })`

const text = (store: Store): string =>
  `#!/bin/bash
# Users of the ${store.volume} database: one for the service, one for its administrator.
TARGET_DB="${store.database}"

echo "Creating users for $TARGET_DB"
mongo admin --quiet <<EOF
${createUser(appUser, "readWrite", "$TARGET_DB")}
${createUser(rootUser, "root", "admin")}
EOF
echo "Users for $TARGET_DB are ready"
`

export const initScript = (namespace: string, store: Store): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: initScriptOf(store), namespace },
  data: { [`k8s-${store.volume}-mongo.sh`]: text(store) }
})
