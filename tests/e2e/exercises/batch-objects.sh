# Jobs and CronJobs as objects: what their manifests become.

kubectl create cronjob nightly --image=busybox --schedule='0 3 * * *' -- sh -c 'echo done'
is '0 3 * * *' "$(kubectl get cronjob nightly -o jsonpath='{.spec.schedule}')"
kubectl create job now --from=cronjob/nightly
is manual "$(kubectl get job now -o jsonpath='{.metadata.annotations.cronjob\.kubernetes\.io/instantiate}')"
is nightly "$(kubectl get job now -o jsonpath='{.metadata.ownerReferences[0].name}')"
kubectl create cronjob wrong --image=busybox --schedule=often 2> error && exit 1
has 'spec.schedule: Invalid value: "often"' "$(cat error)"
kubectl patch job now -p '{"spec":{"completions":3,"selector":{"matchLabels":{"a":"b"}}}}' 2> error && exit 1
has 'field is immutable' "$(cat error)"
