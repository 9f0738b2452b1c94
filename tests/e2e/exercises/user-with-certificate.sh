# A person asks for a certificate, gets it signed, and may do what her role allows.

unset MOCK_KUBECTL_CONVERGE
kubectl daemon start --nodes 1
trap 'kubectl daemon stop' EXIT
openssl req -new -newkey rsa:2048 -nodes -keyout jane.key -subj /O=devs/CN=jane -out jane.csr 2> /dev/null
kubectl create -f - <<END
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: jane}
spec: {signerName: kubernetes.io/kube-apiserver-client, usages: [client auth], request: $(base64 -w0 < jane.csr)}
END
kubectl certificate approve jane
kubectl wait --for=jsonpath='{.status.certificate}' csr/jane
kubectl get csr jane -o jsonpath='{.status.certificate}' | base64 -d > jane.crt
kubectl config set-credentials jane --client-certificate=jane.crt --client-key=jane.key
kubectl config set-context jane --cluster=kubernetes --user=jane
kubectl create rolebinding devs-view --clusterrole=view --group=devs
is jane "$(kubectl --context=jane auth whoami -o jsonpath='{.status.userInfo.username}')"
kubectl --context=jane get pods
kubectl --context=jane run web --image=nginx 2> error && exit 1
has 'User "jane" cannot create resource "pods"' "$(cat error)"
