import Flow
import Liquid
import Testing

@Suite struct RegistryEntryTests {
    @Test(arguments: RegistryEntry.Kind.allCases)
    func `what is written is read back, slashes in the id included`(
        kind: RegistryEntry.Kind
    ) {
        for id in ["welcome", "tea/house/welcome", "/", "a//b/", "7/n"] {
            for body in [JSON.object(["id": "x"]), nil] {
                let entry = RegistryEntry(kind: kind, id: id, version: 12, nonce: "n0", body: body)
                #expect(RegistryEntry(key: entry.key, value: entry.value) == entry)
                #expect(RegistryEntry(claim: entry.key)?.body == nil)
                #expect(RegistryEntry(claim: entry.key)?.id == id)
            }
        }
    }

    @Test(arguments: [
        "", "workflow", "workflow/a/1", "robot/a/1/n", "workflow/a/0/n", "workflow/a/-1/n", "workflow/a/x/n",
        "workflow/a/9223372036854775807/n", "workflow/a/1000000001/n",
    ])
    func `another key is no entry`(key: String) {
        #expect(RegistryEntry(claim: key) == nil)
    }

    @Test func `another format is no entry, though its key holds the version`() {
        #expect(RegistryEntry(key: "workflow/a/1/n", value: ["format": 2, "body": [:]]) == nil)
        #expect(RegistryEntry(key: "workflow/a/1/n", value: ["body": [:]]) == nil)
        #expect(RegistryEntry(claim: "workflow/a/1/n")?.version == 1)
    }
}
