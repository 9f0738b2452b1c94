# A pod that fits nowhere says why, and fits once it asks for less.

kubectl create deployment big --image=nginx
kubectl set resources deployment/big --requests=cpu=100
is Pending "$(kubectl get pods --field-selector status.phase=Pending -o jsonpath='{.items[*].status.phase}')"
has 'Insufficient cpu' "$(kubectl get events --field-selector reason=FailedScheduling)"
kubectl set resources deployment/big --requests=cpu=100m
is Running "$(kubectl get pods -o jsonpath='{.items[*].status.phase}')"
