# A pod that is deleted comes back under another name; a deployment that is deleted takes its pods along.

kubectl create deployment web --image=nginx --replicas=2
before=$(kubectl get pods -o name | sort)
kubectl delete pod -l app=web
after=$(kubectl get pods -o name | sort)
is 2 "$(wc -l <<< "$after")"
[ "$before" != "$after" ]
kubectl delete deployment web
is "" "$(kubectl get pods,replicasets -o name)"
