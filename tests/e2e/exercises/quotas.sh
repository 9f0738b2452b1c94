# A namespace with a quota and limits for those who name none.

kubectl create namespace team
kubectl create quota small --hard=pods=2,requests.cpu=1 -n team
kubectl run a --image=nginx -n team 2> error && exit 1
has 'failed quota: small: must specify requests.cpu' "$(cat error)"
kubectl create -n team -f - <<'END'
apiVersion: v1
kind: LimitRange
metadata: {name: usual}
spec: {limits: [{type: Container, defaultRequest: {cpu: 300m}, default: {cpu: 500m}}]}
END
kubectl create deployment web --image=nginx --replicas=3 -n team
is 2 "$(kubectl get pods -n team -o name | wc -l)"
is 600m "$(kubectl get quota small -n team -o jsonpath='{.status.used.requests\.cpu}')"
has 'exceeded quota: small' "$(kubectl get events -n team)"
