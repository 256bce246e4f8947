using Soc.Memory.Observation;

namespace Soc.Telemetry;

/// <content>Cycles of an IOMMU's commands, and what devices ask it.</content>
internal sealed partial class TraceBuilder
{
    private static readonly string[] s_messages = ["iotlb", "ats", "drain"];
    private static readonly string[] s_addressTypes = ["untranslated", "translation-request", "translated"];

    private static string MessageOf(byte kind) => kind < s_messages.Length ? s_messages[kind] : "unknown";

    private static string CommandOf(in ModelEvent item) => (item.Kind, item.Flags) switch
    {
        (1, 0) => "IOTINVAL.VMA",
        (1, 1) => "IOTINVAL.GVMA",
        (2, 0) => "IOFENCE.C",
        (3, 0) => "IODIR.INVAL_DDT",
        (3, 1) => "IODIR.INVAL_PDT",
        (4, 0) => "ATS.INVAL",
        (4, 1) => "ATS.PRGR",
        _ => "illegal",
    };

    /// <summary>
    /// One cycle as one trace: from the first doorbell over each command to each device and back, up to the fence that waited for it all.
    /// </summary>
    private List<SpanRecord> BuildCycle(Change change)
    {
        TraceId trace = TraceOf(change);
        int owner = ModelEvent.OwnerOfChange(change.Id);
        List<ModelEvent> writes = [.. change.Writes.OrderBy(write => write.Start).ThenBy(write => write.Source)];
        (ulong start, ulong end) = Extent(change);
        int agent = writes.Count > 0 ? writes[0].Source : owner;
        var tree = new SpanTree(trace, owner);
        SpanRecord root = tree.Add(SpanNames.Cycle, agent, start, end);
        root.Attributes.Add(SpanAttribute.Of("soc.iommu", nameOf(owner)));
        root.Attributes.Add(SpanAttribute.Of("soc.cycle", change.Id & 0xFFFF_FFFF_FFFF));
        root.Attributes.Add(SpanAttribute.Of("soc.initiator", writes.Count > 0 ? nameOf(agent) : "none"));
        root.Attributes.Add(SpanAttribute.Of("soc.commands", (ulong)change.Commands.Count));
        root.Attributes.Add(SpanAttribute.Of("soc.messages", (ulong)change.Messages.Count));
        foreach (ModelEvent write in writes)
        {
            SpanRecord span = tree.Add(SpanNames.RegisterWrite, write.Source, write.Start, write.End);
            AddRegister(span.Attributes, write);
            AddTimes(span);
        }

        foreach (ModelEvent command in change.Commands)
        {
            SpanRecord span = tree.Add(SpanNames.Command, owner, command.Start, command.End);
            span.Attributes.Add(SpanAttribute.Of("soc.command", CommandOf(command)));
            span.Attributes.Add(SpanAttribute.Of("soc.queue_index", command.Index));
            span.Attributes.Add(SpanAttribute.Hex("soc.word0", command.A));
            span.Attributes.Add(SpanAttribute.Hex("soc.word1", command.B));
            span.Attributes.Add(SpanAttribute.Of("soc.writer", NameOf(command.D)));
            AddTimes(span);
        }

        foreach (((int kind, ulong number, int device), Change.Recipient known) in change.Messages)
        {
            ulong sent = known.Sent?.Start ?? known.Acknowledged?.Start ?? known.Rearm!.Value.Start;
            SpanRecord span = tree.Add(SpanNames.DeviceInvalidate, device, sent, known.Acknowledged?.End ?? known.Rearm?.End ?? sent);
            span.Attributes.Add(SpanAttribute.Of("soc.agent", nameOf(device)));
            span.Attributes.Add(SpanAttribute.Of("soc.message", MessageOf((byte)kind)));
            span.Attributes.Add(SpanAttribute.Of("soc.number", number));
            if (known.Rearm is { } dropped)
            {
                span.Attributes.Add(SpanAttribute.Of("soc.entries_scanned", dropped.C));
                span.Attributes.Add(SpanAttribute.Of("soc.entries_dropped", dropped.D));
                span.Attributes.Add(SpanAttribute.Of("soc.recipient_state", (dropped.Flags & ModelEvent.Parked) != 0 ? "parked" : "running"));
                span.Events.Add(new SpanEvent(SpanNames.RearmEvent, dropped.Start, []));
            }

            if (known.Acknowledged is { } acknowledged)
            {
                span.Events.Add(new SpanEvent(SpanNames.AcknowledgedEvent, acknowledged.End, [SpanAttribute.Of("soc.to", nameOf(owner))]));
            }
            else
            {
                span.Attributes.Add(SpanAttribute.Of("soc.acknowledged", truth: false));
            }

            AddTimes(span);
        }

        if (change.Fence is { } fence)
        {
            SpanRecord span = tree.Add(SpanNames.Fence, owner, fence.Start, fence.End);
            span.Attributes.Add(SpanAttribute.Of("soc.acknowledgements", fence.A));
            AddTimes(span);
            root.Events.Add(new SpanEvent(SpanNames.CompletedEvent, fence.End, []));
        }

        if (!change.IsWhole)
        {
            root.Attributes.Add(SpanAttribute.Of("soc.incomplete", truth: true));
        }

        AddTimes(root);
        return tree.Spans;
    }

    private void AddAsk(List<SpanAttribute> tags, in ModelEvent item)
    {
        tags.Add(SpanAttribute.Of("soc.iommu", NameOf(item.D)));
        tags.Add(SpanAttribute.Of("soc.kind", KindOf(item.Kind)));
        tags.Add(SpanAttribute.Of("soc.request", item.Flags < s_addressTypes.Length ? s_addressTypes[item.Flags] : "unknown"));
        tags.Add(SpanAttribute.Hex("soc.virtual_address", item.A));
        tags.Add(SpanAttribute.Hex("soc.address", item.B));
        tags.Add(SpanAttribute.Of("soc.reads", item.C));
        tags.Add(SpanAttribute.Of("soc.device", item.Index));
        tags.Add(SpanAttribute.Of("soc.status", item.Result));
    }
}
