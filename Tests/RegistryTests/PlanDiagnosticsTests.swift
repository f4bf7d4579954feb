import Flow
import Registry
import Testing

@Suite("What is wrong with a manifest") struct PlanDiagnosticsTests {
    struct Row: CustomTestStringConvertible {
        let document: String
        /// Place and text, without the file.
        let fault: String

        init(_ document: String, _ fault: String) {
            self.document = document
            self.fault = fault
        }

        var testDescription: String { fault }
    }

    static let rows = [
        Row(
            "kind: store\ndomain: a.example\norganization: nobody",
            "3:15: organization: there is no organization nobody, neither here nor in the registry"),
        Row(
            "kind: store\ndomain: tea house",
            "1:1: domain: “tea house” is no store domain, such as tea-house.myshopify.com"),
        Row("kind: store\ndomain: a.example\napps: [slak]", "3:8: there is no connector slak"),
        Row(
            "kind: store\ndomain: a.example\napps: [slackbot]",
            "3:8: there is no connector slackbot; did you mean slack?"),
        Row(
            "kind: organization\nid: tea group",
            "2:5: id: “tea group” should be 1 to 100 letters, digits, -, _ and . without spaces"),
        Row("kind: organization\nname: Tea", "1:1: id is missing"),
        Row(
            "kind: installation\nstore: b.example\nconnector: slack",
            "2:8: store: there is no store b.example, neither here nor in the registry"),
        Row(
            "kind: installation\nstore: tea-house.myshopify.com\nconnector: nothing",
            "3:12: there is no connector nothing"),
        Row("kind: installation\nconnector: slack", "1:1: store is missing"),
        Row(
            "kind: connection\nconnector: slack\nstore: b.example\nendpoint: https://a.example",
            "3:8: store: there is no store b.example, neither here nor in the registry"),
        Row(
            "kind: connection\nconnector: slack\nendpoint: ftp://a.example/x",
            "3:11: endpoint: “ftp://a.example” has the scheme ftp; it should be https"),
        Row(
            "kind: connection\nconnector: slack\nendpoint: http://a.example/x",
            "3:11: endpoint: “http://a.example” must be https; http is for this machine only (127.0.0.1, localhost)"
        ),
        Row(
            "kind: connection\nconnector: slack\nendpoint: https://me:pw@a.example/x",
            "3:11: endpoint: “https://a.example” must not hold a user or password; give them as a secret"),
        Row(
            "kind: connection\nconnector: slack\nendpoint: https://a.example/x#y",
            "3:11: endpoint: “https://a.example” must not have a fragment (#…)"),
        Row(
            "kind: connection\nconnector: slack\nendpoint: http://a.example:81/T0/secret?token=hunter2",
            "3:11: endpoint: “http://a.example:81” must be https"),
        Row(
            "kind: store\ndomain: a.example\nshop_id: [1]",
            "3:10: shop_id: a whole number or text should stand here, not a list"),
        Row(
            "kind: store\ndomain: a.example\nshop_id: 1.5",
            "3:10: shop_id: a whole number or text should stand here, not a number"),
        Row(
            "kind: connection\nconnector: slack\nendpoint: flow",
            "3:11: endpoint: the text is no URL; it should look like https://app.example.com/flow"),
        Row(
            "kind: connection\nconnector: slack\nendpoint: https://a.example\nsecret: { env: NOT_THERE }",
            "4:9: secret: the variable NOT_THERE is not set"),
        Row(
            "kind: connection\nconnector: slack\nendpoint: https://a.example\nsecret: { file: not-there.txt }",
            "4:9: secret: the file not-there.txt can't be read"),
        Row(
            "kind: connection\nconnector: slack\nendpoint: https://a.example\nsecret: { environment: X }",
            "4:9: secret: either env or file should stand here, as in { env: SLACK_SECRET }"),
        Row(
            "kind: connection\nconnector: slack\nendpoint: https://a.example\nprevious_secret: { env: SECRET }",
            "4:18: previous_secret: there is no secret beside it"),
        Row(
            "kind: connection\nconnector: slack\nendpoint: https://a.example\ncolour: red",
            "4:1: colour is unknown here; allowed: after_dead_letter, api_base, connector"
        ),
        Row(
            "kind: workflow\nid: w\norganization: tea-group\ntrigger: loyaltylion/nothing\nsteps: [{ wait: 1s }]",
            "4:10: trigger: there is no trigger loyaltylion/nothing; loyaltylion has"),
        Row(
            "kind: workflow\nid: w\nstore: b.example\ntrigger: loyaltylion/moved-up-tier\nsteps: [{ wait: 1s }]",
            "3:8: store: there is no store b.example, neither here nor in the registry"),
        Row(
            "kind: workflow\nid: w w\norganization: tea-group\ntrigger: loyaltylion/moved-up-tier\nsteps: [{ wait: 1s }]",
            "2:5: id: “w w” should be 1 to 100 letters, digits, -, _ and . without spaces"),
        Row(
            "kind: workflow\nid: w\norganization: tea-group\ntrigger: loyaltylion/moved-up-tier\nsteps: [{ action: slack/send-message, inputs: { channel: c, text: '{{ x' } }]",
            "5:67: steps[0].inputs.text: the template can't be compiled"),
    ]

    @Test(arguments: rows)
    func `each fault is reported at its place`(_ row: Row) throws {
        let error = #expect(throws: Diagnostics.self) {
            try PlanFixtures.plan(row.document, PlanFixtures.stores)
        }
        let faults = try #require(error?.items.map(\.description))
        #expect(faults.contains { $0.hasPrefix("m.yaml:\(row.fault)") }, "\(faults)")
    }

    @Test func `all faults come at once, by file and place`() throws {
        let first = try Manifest(
            yaml: "kind: store\ndomain: a.example\norganization: x\napps: [nope, nix]", file: "b.yaml",
            variables: [:])
        let second = try Manifest(
            yaml: "kind: connection\nconnector: slack\nendpoint: nope", file: "a.yaml", variables: [:])
        let manifest = Manifest(documents: first.documents + second.documents)
        let error = #expect(throws: Diagnostics.self) {
            try manifest.plan(
                against: Directory(), catalogue: TestCatalogue.load(), options: PlanFixtures.options())
        }
        let places = error?.items.map { "\($0.file):\($0.mark?.line ?? 0):\($0.mark?.column ?? 0)" }
        #expect(places == ["a.yaml:3:11", "b.yaml:3:15", "b.yaml:4:8", "b.yaml:4:14"])
    }

    @Test func `an id that stands in two files is reported with both places`() throws {
        let texts = [
            ("a.yaml", "# first\nkind: organization\nid: tea"), ("b.yaml", "kind: organization\nid: tea"),
        ]
        let documents = try texts.flatMap { try Manifest(yaml: $0.1, file: $0.0, variables: [:]).documents }
        let error = #expect(throws: Diagnostics.self) {
            try Manifest(documents: documents).plan(
                against: Directory(), catalogue: TestCatalogue.load(), options: PlanFixtures.options())
        }
        #expect(error?.description == "b.yaml:2:5: the organization tea stands here and at a.yaml:3:5")
    }

    @Test func `what refers to an unreadable document is not reported, too`() throws {
        let store = "kind: store\ndomain: a.example\ncolour: red"
        let error = #expect(throws: Diagnostics.self) {
            try PlanFixtures.plan(store, "{ kind: installation, store: a.example, connector: slack }")
        }
        #expect(error?.items.count == 1)
    }

    @Test(arguments: [
        "http://127.0.0.1:9090/flow", "http://localhost/flow", "http://[::1]:80/", "https://a.example",
    ])
    func `endpoints that are allowed`(_ endpoint: String) throws {
        let connection = "kind: connection\nconnector: slack\nendpoint: \(endpoint)"
        #expect(try PlanFixtures.plan(connection).items(.created).count == 1)
    }

    @Test func `http beyond this machine has to be allowed`() throws {
        var options = try PlanFixtures.options()
        options.allowsInsecureEndpoints = true
        let plan = try PlanFixtures.plan(
            "kind: connection\nconnector: slack\nendpoint: http://vendor:9090/flow", options: options)
        #expect(plan.items(.created).count == 1)
    }
}
