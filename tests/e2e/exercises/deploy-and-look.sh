# A first deployment: three pods, one on each node.

kubectl create deployment web --image=nginx --replicas=3
kubectl rollout status deployment/web
is 3/3 "$(kubectl get deployment web --no-headers | awk '{print $2}')"
is "node-1 node-2 node-3" "$(kubectl get pods -o jsonpath='{.items[*].spec.nodeName}' | tr ' ' '\n' | sort | xargs)"
has 'Scaled up replica set' "$(kubectl describe deployment web)"
