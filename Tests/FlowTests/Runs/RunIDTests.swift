import Flow
import TestSupport
import Testing

@Suite struct RunIDTests {
    private func id(
        store: String = "s", source: String = "c", event: String = "e", workflow: String = "w",
        path: String = "0",
        loop: Int = 0
    ) -> RunID {
        .actionRun(
            store: store, source: source, event: event, workflow: workflow, stepPath: path, loopIndex: loop)
    }

    @Test func `the id of the same run is the same in every process and release`() {
        #expect(id().description == "f13f4f2c-cbeb-8d04-8645-b4ba831060a9")
        #expect(
            RunID.workflowRun(store: "s", source: "c", event: "e", workflow: "w").description
                == "3a2b03c7-0f95-8a7c-895b-8887cbb834f0")
    }

    @Test func `every part tells ids apart, and so does their boundary`() {
        let ids = [
            id(), id(store: "t"), id(source: "d"), id(event: "f"), id(workflow: "v"), id(path: "1"),
            id(loop: 1),
            id(store: "sc", source: ""), id(store: "", source: "sc"), id(event: "ew", workflow: ""),
            id(event: "", workflow: "ew"), id(path: "00"), id(path: "", loop: 0),
            .workflowRun(store: "s", source: "c", event: "e", workflow: "w"),
            .workflowRun(store: "s", source: "ce", event: "", workflow: "w"),
        ]
        #expect(Set(ids).count == ids.count)
    }

    @Test func `it is a UUID of version 8 and round-trips as text`() throws {
        try withSeed(runs: 2000) { random in
            let id = id(event: String(random.next()))
            let text = id.description
            let groups = text.split(separator: "-")
            try #require(groups.map(\.count) == [8, 4, 4, 4, 12])
            try #require(groups[2].hasPrefix("8"))
            try #require("89ab".contains(groups[3].prefix(1)))
            try #require(text == text.lowercased())
            try #require(RunID(text) == id)
        }
        #expect(RunID(high: 0, low: 1).description == "00000000-0000-0000-0000-000000000001")
    }

    @Test(arguments: [
        "", "x", "00000000000000000000000000000001", "00000000-0000-0000-0000-00000000000",
        "00000000-0000-0000-0000-0000000000001", "0000000g-0000-0000-0000-000000000001",
        "+0000000-0000-0000-0000-000000000001", "00000000-0000-0000-+000-000000000001",
        "-0000000-0000-0000-0000-00000000001", "00000000-0000-0000-0000-000000000001-",
    ])
    func `other text is no id`(text: String) {
        #expect(RunID(text) == nil)
    }
}
