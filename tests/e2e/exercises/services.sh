# From ClusterIP to NodePort, to an Ingress.

kubectl create deployment web --image=nginx --replicas=2
kubectl expose deployment web --port=80 --target-port=8080
is 2 "$(kubectl get endpointslices -l kubernetes.io/service-name=web -o jsonpath='{.items[*].endpoints[*].addresses[0]}' | wc -w)"
kubectl patch service web -p '{"spec":{"type":"NodePort"}}'
port=$(kubectl get service web -o jsonpath='{.spec.ports[0].nodePort}')
[ "$port" -ge 30000 ] && [ "$port" -le 32767 ]
kubectl create ingress web --rule='example.com/*=web:80'
has 'web:80' "$(kubectl describe ingress web)"
kubectl create service clusterip fixed --tcp=80 --clusterip=10.0.0.1 2> error && exit 1
has 'spec.clusterIPs' "$(cat error)"
