# Asking precisely: jsonpath, templates, columns, order.

kubectl create deployment web --image=nginx --replicas=3
is "node-1 node-2 node-3" "$(kubectl get nodes --sort-by=.metadata.name -o jsonpath='{.items[*].metadata.name}')"
is 3 "$(kubectl get pods -o jsonpath='{range .items[?(@.status.phase=="Running")]}{.metadata.name}{"\n"}{end}' | wc -l)"
is "web=3" "$(kubectl get deployments -o go-template='{{range .items}}{{.metadata.name}}={{.spec.replicas}}{{end}}')"
is "NAME REPLICAS web 3" "$(kubectl get deployments -o custom-columns=NAME:.metadata.name,REPLICAS:.spec.replicas | xargs)"
is "[ \"web\" ]" "$(kubectl get deployment web -o jsonpath-as-json='{.metadata.name}' | xargs -0 echo | tr -s ' \n' ' ' | sed 's/ $//')"
