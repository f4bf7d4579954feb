import Flow

/// A small connector that has every kind of field, and the ways to read documents in these tests.
enum CatalogueFixtures {
    static let yaml = """
        id: tea-reviews
        name: Tea Reviews
        category: reviews
        notes: [Hand-made.]
        types:
          Photo: {url: String!, width: Int, tags: "[String!]", mood: Mood}
          Mood: [GOOD, BAD]
          TextList: "[String!]"
        triggers:
          - handle: review-created
            title: Review created
            description: A customer wrote a review.
            constraints: ["seed: once a day"]
            fields:
              - {key: customer_id, type: customer_reference, required: true, description: The reviewer., source: seed}
              - {key: rating, type: number_decimal, required: true}
              - {key: email, type: email}
              - {key: page, type: url}
              - {key: verified, type: boolean}
              - {key: Review Title, type: single_line_text_field}
              - {key: mood, type: single_line_text_field, values: [good, bad]}
              - {key: photos, type: "schema.Photo[]"}
              - {key: words, type: schema.TextList}
        actions:
          - handle: hide-review
            title: Hide a review
            delivery: {protocol: vendor-api, confidence: low, in_doubt: ask}
            returns: "[Photo!]!"
            fields:
              - {key: order_id, type: order_reference, required: true}
              - {key: text_1, type: multi_line_text_field, required: true}
              - {key: points, type: number_integer}
              - {key: amount, type: number_decimal}
              - {key: notify, type: boolean}
              - {key: email, type: email}
              - {key: place, type: single_line_text_field, values: [top, bottom]}
        """

    /// The connector, and what was found wrong as `t.yaml:line:column: message`.
    static func read(_ yaml: String) throws -> (connector: ConnectorDefinition?, faults: [String]) {
        let sink = DiagnosticSink(file: "t.yaml")
        var connector: ConnectorDefinition?
        for document in try DocumentNode.parse(yaml: yaml, file: "t.yaml") {
            connector = ConnectorDefinition(document: document, sink: sink)
        }
        return (connector, sink.items.map(\.description))
    }
}
