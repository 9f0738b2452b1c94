# A node loses its power; minutes later its pods live elsewhere.

unset MOCK_KUBECTL_CONVERGE
kubectl daemon start --nodes 2 --seed 1
trap 'kubectl daemon stop' EXIT
kubectl create deployment web --image=nginx --replicas=2
kubectl rollout status deployment/web
kubectl fault node node-1 --down
kubectl clock advance 1m
is NotReady "$(kubectl get node node-1 --no-headers | awk '{print $2}')"
kubectl clock advance 6m
is "node-2 node-2" "$(kubectl get pods --field-selector status.phase=Running -o jsonpath='{range .items[?(@.spec.nodeName=="node-2")]}{.spec.nodeName} {end}' | xargs)"
kubectl fault node node-1 --up
kubectl clock advance 1m
is Ready "$(kubectl get node node-1 --no-headers | awk '{print $2}')"
