# A service account that may read pods and nothing else.

kubectl create serviceaccount robot
kubectl create role reader --verb=get,list --resource=pods
kubectl create rolebinding robot-reads --role=reader --serviceaccount=default:robot
is yes "$(kubectl auth can-i list pods --as=system:serviceaccount:default:robot)"
kubectl auth can-i delete pods --as=system:serviceaccount:default:robot > answer && exit 1
is no "$(cat answer)"
kubectl get secrets --as=system:serviceaccount:default:robot 2> error && exit 1
has 'cannot list resource "secrets" in API group ""' "$(cat error)"
