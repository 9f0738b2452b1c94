# A node is emptied for its maintenance, and comes back.

kubectl create deployment web --image=nginx --replicas=6
kubectl drain node-2
has 'node-2   Ready,SchedulingDisabled' "$(kubectl get nodes)"
is "" "$(kubectl get pods --field-selector spec.nodeName=node-2 -o name)"
is 6/6 "$(kubectl get deployment web --no-headers | awk '{print $2}')"
kubectl uncordon node-2
kubectl run late --image=nginx
is node-2 "$(kubectl get pod late -o jsonpath='{.spec.nodeName}')"
kubectl drain node-2 2> error && exit 1
has 'use --force to override' "$(cat error)"
