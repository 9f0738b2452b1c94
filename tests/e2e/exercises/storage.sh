# A claim finds its volume, a pod runs on it, and what becomes of the volume when the claim goes; then one of a node's own disk.

kubectl apply -f - <<'END'
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec: {capacity: {storage: 2Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /tmp/disk}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: ssd}
spec:
  capacity: {storage: 2Gi}
  accessModes: [ReadWriteOnce]
  storageClassName: local
  local: {path: /mnt/ssd}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node-2]}]}]}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: local}
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: "", resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: fast}
spec: {accessModes: [ReadWriteOnce], storageClassName: local, resources: {requests: {storage: 1Gi}}}
END
is 'Bound disk 2Gi' "$(kubectl get pvc data -o jsonpath='{.status.phase} {.spec.volumeName} {.status.capacity.storage}')"
is Available "$(kubectl get pv ssd -o jsonpath='{.status.phase}')"
has 'waiting for first consumer to be created before binding' "$(kubectl describe pvc fast)"
for claim in data fast; do
  kubectl run $claim --image=nginx --overrides='{"spec": {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "'$claim'"}}]}}'
done
kubectl wait --for=condition=Ready pod/data pod/fast
is node-2 "$(kubectl get pod fast -o jsonpath='{.spec.nodeName}')"
is default/fast "$(kubectl get pv ssd --no-headers | awk '{print $6}')"
kubectl delete pod data --now
kubectl delete pvc data
is Released "$(kubectl get pv disk -o jsonpath='{.status.phase}')"
kubectl patch pv disk --type=json -p '[{"op": "remove", "path": "/spec/claimRef"}]'
is Available "$(kubectl get pv disk -o jsonpath='{.status.phase}')"
