# One base, two overlays.

mkdir base production
cat > base/kustomization.yaml <<'END'
resources: [web.yaml]
configMapGenerator: [{name: settings, literals: [colour=blue]}]
END
kubectl create deployment web --image=nginx --dry-run=client -o yaml > base/web.yaml
cat > production/kustomization.yaml <<'END'
namePrefix: prod-
resources: [../base]
replicas: [{name: web, count: 3}]
images: [{name: nginx, newTag: "1.27"}]
END
kubectl apply -k production
is "3 nginx:1.27" "$(kubectl get deployment prod-web -o jsonpath='{.spec.replicas} {.spec.template.spec.containers[0].image}')"
is 1 "$(kubectl get configmaps -o name | grep -c '^configmap/prod-settings-')"
kubectl diff -k production
sed -i 's/count: 3/count: 1/' production/kustomization.yaml
kubectl diff -k production > changes && exit 1
has '+  replicas: 1' "$(cat changes)"
kubectl delete -k production
