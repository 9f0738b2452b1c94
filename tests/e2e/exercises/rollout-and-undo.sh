# A rollout, its history, and the way back.

kubectl create deployment web --image=nginx:1.26 --replicas=2
kubectl set image deployment/web nginx=nginx:1.27
is "1 2" "$(kubectl rollout history deployment/web | awk 'NR > 2 && NF {print $1}' | xargs)"
kubectl rollout undo deployment/web
is "nginx:1.26 nginx:1.26" "$(kubectl get pods -o jsonpath='{.items[*].spec.containers[0].image}')"
has nginx:1.27 "$(kubectl rollout history deployment/web --revision=2)"
is "2 3" "$(kubectl rollout history deployment/web | awk 'NR > 2 && NF {print $1}' | xargs)"
