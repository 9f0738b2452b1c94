# No deployment of more than five replicas, says a policy.

kubectl apply -f - <<'END'
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: few}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}]}
  validations: [{expression: "object.spec.replicas <= 5", messageExpression: "'at most 5, not ' + string(object.spec.replicas)"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: few}
spec: {policyName: few, validationActions: [Deny]}
END
kubectl create deployment many --image=nginx --replicas=6 2> error && exit 1
has 'at most 5, not 6' "$(cat error)"
kubectl create deployment few --image=nginx --replicas=5
kubectl delete validatingadmissionpolicybinding few
kubectl create deployment many --image=nginx --replicas=6
