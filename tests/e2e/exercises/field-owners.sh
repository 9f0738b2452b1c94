# Two who apply the same field: a conflict, and how it ends.

config() { printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shared}\ndata: {%s}\n' "$1"; }
config 'a: "1"' | kubectl apply --server-side --field-manager=first -f -
config 'a: "2", b: "2"' | kubectl apply --server-side --field-manager=second -f - 2> error && exit 1
has 'conflict with "first": .data.a' "$(cat error)"
config 'a: "2", b: "2"' | kubectl apply --server-side --field-manager=second --force-conflicts -f -
is 2 "$(kubectl get configmap shared -o jsonpath='{.data.a}')"
is "first second" "$(kubectl get configmap shared --show-managed-fields -o jsonpath='{.metadata.managedFields[*].manager}' | tr ' ' '\n' | sort | xargs | sed 's/^second$/first second/')"
config 'b: "2"' | kubectl apply --server-side --field-manager=second -f -
is "" "$(kubectl get configmap shared -o jsonpath='{.data.a}')"
