# A pod waits for its ConfigMap, and starts once it is there.

kubectl create deployment web --image=nginx
kubectl set env deployment/web --from=configmap/settings 2> error && exit 1
has 'configmaps "settings" not found' "$(cat error)"
kubectl patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","envFrom":[{"configMapRef":{"name":"settings"}}]}]}}}}'
has CreateContainerConfigError "$(kubectl get pods)"
printf 'COLOUR=blue\nSIZE=2\n' > settings.env
kubectl create configmap settings --from-env-file=settings.env
kubectl rollout restart deployment/web
kubectl rollout status deployment/web
is blue "$(kubectl get configmap settings -o jsonpath='{.data.COLOUR}')"
