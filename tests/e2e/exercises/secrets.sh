# Secrets are encoded, shown with care, and typed.

kubectl create secret generic login --from-literal=user=jane --from-literal=password='p&ss'
is 'p&ss' "$(kubectl get secret login -o jsonpath='{.data.password}' | base64 -d)"
has 'password:  4 bytes' "$(kubectl describe secret login)"
is Opaque "$(kubectl get secret login -o jsonpath='{.type}')"
kubectl create secret docker-registry pull --docker-username=jane --docker-password=x
is kubernetes.io/dockerconfigjson "$(kubectl get secret pull -o go-template='{{.type}}')"
kubectl patch secret login -p '{"immutable":true}'
kubectl patch secret login -p '{"stringData":{"password":"other"}}' 2> error && exit 1
has 'field is immutable when `immutable` is set' "$(cat error)"
