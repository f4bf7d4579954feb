import Flow
import Testing

@Suite struct TypeExpressionTests {
    @Test(arguments: ["Int", "String!", "[String!]", "[[SearchStat]!]!", "_a1"])
    func `a type is printed as it was read`(text: String) {
        #expect(TypeExpression(text)?.description == text)
    }

    @Test(arguments: [
        "", "!", "Int!!", "[Int", "Int]", "[]", "a b", "1a", "[Int]]", "Int?",
        String(repeating: "[", count: 9000),
    ])
    func `what GraphQL would not read is no type`(text: String) {
        #expect(TypeExpression(text) == nil)
    }

    @Test(arguments: [
        "boolean", "email", "single_line_text_field", "multi_line_text_field", "number_integer",
        "number_decimal", "url",
        "customer_reference", "company_contact_reference", "schema.SearchStat", "schema.SearchStat[]",
    ]) func `a field's type is printed as it was read`(text: String) {
        #expect(FieldType(text)?.description == text)
    }

    @Test(arguments: ["", "text", "schema.", "schema.[]", "variant_reference", "Boolean"])
    func `what Flow has no field for is no field's type`(text: String) {
        #expect(FieldType(text) == nil)
    }
}
