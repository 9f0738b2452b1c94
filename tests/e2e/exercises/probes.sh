# A readiness probe on a port where nobody listens keeps the pod out of its Service.

kubectl create deployment web --image=nginx
kubectl expose deployment web --port=80
is 1 "$(kubectl get endpoints web -o jsonpath='{.subsets[*].addresses[*].ip}' 2> /dev/null | wc -w)"
kubectl patch deployment web -p '{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null},"template":{"spec":{"containers":[{"name":"nginx","readinessProbe":{"httpGet":{"port":8080}}}]}}}}'
is "" "$(kubectl get endpoints web -o jsonpath='{.subsets[*].addresses[*].ip}' 2> /dev/null)"
has 'Readiness probe failed' "$(kubectl get events)"
kubectl patch deployment web --type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/readinessProbe/httpGet/port","value":80}]'
is 1/1 "$(kubectl get deployment web --no-headers | awk '{print $2}')"
