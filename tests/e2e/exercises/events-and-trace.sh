# What happened to this pod, and who did it.

kubectl run web --image=nginx
is "Created Pulled Pulling Scheduled Started" "$(kubectl get events --field-selector involvedObject.name=web -o jsonpath='{.items[*].reason}' | tr ' ' '\n' | sort | xargs)"
has 'Successfully assigned default/web' "$(kubectl events --for pod/web)"
story=$(kubectl trace pod/web)
has 'default-scheduler' "$story"
has 'StartContainer' "$story"
kubectl logs web > log
[ -s log ]
