# An image that nobody has: look for the reason, and mend it.

kubectl create deployment web --image=nginx:no-such-tag
is 0/1 "$(kubectl get deployment web --no-headers | awk '{print $2}')"
reason=$(kubectl get pods -o jsonpath='{.items[0].status.containerStatuses[0].state.waiting.reason}')
[[ $reason == ErrImagePull || $reason == ImagePullBackOff ]]
has 'Failed to pull image' "$(kubectl describe pods -l app=web)"
kubectl set image deployment/web nginx=nginx:1.27
kubectl rollout status deployment/web
is nginx:1.27 "$(kubectl get pods -o jsonpath='{.items[*].spec.containers[0].image}')"
