import Flow
import Testing

@Suite struct TopicsTests {
    @Test func `every name carries the prefix, and names give their connector back`() {
        let topics = Topics(prefix: "a.b")
        #expect(topics.triggers("tea-x") == "a.b.triggers.tea-x")
        #expect(topics.connector(ofTriggers: topics.triggers("tea-x")) == "tea-x")
        #expect(topics.actions("tea-x") == "a.b.actions.tea-x")
        #expect(topics.connector(ofActions: topics.actions("tea-x")) == "tea-x")
        #expect(
            [
                topics.waiting("c"), topics.dead, topics.runs, topics.registry, topics.matcherGroup,
                topics.senderGroup,
            ]
                == ["a.b.waiting.c", "a.b.dead", "a.b.runs", "a.b.registry", "a.b.matcher", "a.b.sender"])
    }

    @Test(arguments: [
        "sluice.actions.", "sluice.actions", "other.actions.slack", "sluice.triggers.slack", "",
    ])
    func `a name of another kind or installation has no connector`(name: String) {
        #expect(Topics().connector(ofActions: name) == nil)
    }
}
