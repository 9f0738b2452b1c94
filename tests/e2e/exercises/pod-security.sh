# A namespace that takes only restricted pods.

kubectl create namespace safe
kubectl label namespace safe pod-security.kubernetes.io/enforce=restricted
kubectl run web --image=nginx -n safe 2> error && exit 1
has 'violates PodSecurity "restricted:latest"' "$(cat error)"
kubectl run web --image=nginx -n safe --overrides='{"spec":{"securityContext":{"runAsNonRoot":true,"runAsUser":1000,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"web","image":"nginx","securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}'
is web "$(kubectl get pods -n safe -o jsonpath='{.items[*].metadata.name}')"
kubectl label namespace default pod-security.kubernetes.io/warn=baseline
kubectl run host --image=nginx --overrides='{"spec":{"hostNetwork":true}}' 2> warning
has 'would violate PodSecurity "baseline:latest": host namespaces (hostNetwork=true)' "$(cat warning)"
