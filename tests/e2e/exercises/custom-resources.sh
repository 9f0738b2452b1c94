# A kind of one's own, with rules that the server keeps.

cat > crd.yaml <<'END'
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shirts.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: shirts, singular: shirt, kind: Shirt, shortNames: [sh]}
  versions:
  - name: v1
    served: true
    storage: true
    additionalPrinterColumns: [{name: Colour, type: string, jsonPath: .spec.colour}]
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            required: [colour]
            properties: {colour: {type: string, enum: [red, blue]}, size: {type: integer, minimum: 1, default: 3}}
            x-kubernetes-validations: [{rule: "self.colour != 'red' || self.size < 9", message: red ones are small}]
END
kubectl apply -f crd.yaml
kubectl wait --for=condition=Established crd/shirts.example.com
printf 'apiVersion: example.com/v1\nkind: Shirt\nmetadata: {name: %s}\nspec: {colour: %s, size: %s}\n' a blue 4 | kubectl apply -f -
has 'a      blue' "$(kubectl get sh)"
printf 'apiVersion: example.com/v1\nkind: Shirt\nmetadata: {name: b}\nspec: {colour: green}\n' | kubectl apply -f - 2> error && exit 1
has 'Unsupported value: "green"' "$(cat error)"
printf 'apiVersion: example.com/v1\nkind: Shirt\nmetadata: {name: c}\nspec: {colour: red, size: 9}\n' | kubectl apply -f - 2> error && exit 1
has 'red ones are small' "$(cat error)"
kubectl delete crd shirts.example.com
kubectl get shirts 2> error && exit 1
has "the server doesn't have a resource type" "$(cat error)"
