# Labels, selectors, and objects by them.

for name in a b c; do kubectl create configmap $name; done
kubectl label configmaps a b tier=front
kubectl label configmap b stage=test
is "a b" "$(kubectl get configmaps -l tier=front -o jsonpath='{.items[*].metadata.name}')"
is a "$(kubectl get configmaps -l 'tier,stage notin (test)' -o jsonpath='{.items[*].metadata.name}')"
kubectl label configmap a tier=back 2> error && exit 1
has "already has a value (front), and --overwrite is false" "$(cat error)"
kubectl label configmap a tier-
kubectl delete configmaps -l '!tier' --field-selector metadata.name!=kube-root-ca.crt
is b "$(kubectl get configmaps -o custom-columns=N:.metadata.name --no-headers)"
