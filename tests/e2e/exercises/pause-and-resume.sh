# Several changes, one rollout.

kubectl create deployment web --image=nginx:1.26
kubectl rollout pause deployment/web
kubectl set image deployment/web nginx=nginx:1.27
kubectl set resources deployment/web --limits=memory=64Mi
is 1 "$(kubectl get replicasets -o name | wc -l)"
kubectl rollout resume deployment/web
is 2 "$(kubectl get replicasets -o name | wc -l)"
is "nginx:1.27 64Mi" "$(kubectl get pods -o jsonpath='{.items[0].spec.containers[0].image} {.items[0].spec.containers[0].resources.limits.memory}')"
