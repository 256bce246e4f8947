using System.Globalization;
using System.Text;

namespace Soc.Topology.DeviceTree;

/// <summary>A device tree as source text, which <c>dtc</c> compiles to the same blob. References are labels.</summary>
public static class DeviceTreeText
{
    // Properties that refer to nodes, and the property of such a node that says how many cells follow its handle; or their number.
    private static readonly Dictionary<string, string> _references = new()
    {
        ["interrupt-parent"] = "0",
        ["interrupts-extended"] = "#interrupt-cells",
        ["iommus"] = "#iommu-cells",
        ["msi-parent"] = "#msi-cells",
        ["regmap"] = "0",
        ["riscv,children"] = "0",
        ["riscv,delegate"] = "2",
        ["riscv,delegation"] = "2",
    };

    /// <summary>Writes a tree.</summary>
    public static string Write(DeviceTreeNode root)
    {
        ArgumentNullException.ThrowIfNull(root);
        var text = new StringBuilder("/dts-v1/;\n\n");
        Dictionary<uint, DeviceTreeNode> handles = [];
        foreach (DeviceTreeNode node in root.All())
        {
            if (node.Find("phandle")?.Cells is [var handle])
            {
                handles.TryAdd(handle, node);
            }
        }

        WriteNode(root, 0);
        return text.ToString();

        void WriteNode(DeviceTreeNode node, int depth)
        {
            string indent = new('\t', depth);
            string label = node.Find("phandle")?.Cells is [var handle] ? $"{LabelOf(handle)}: " : "";
            text.Append(indent).Append(label).Append(depth == 0 ? "/" : node.Name).Append(" {\n");
            foreach (DeviceTreeProperty property in node.Properties)
            {
                text.Append(indent).Append('\t').Append(property.Name);
                if (!property.Value.IsEmpty)
                {
                    text.Append(" = ").Append(ValueOf(property, handles));
                }

                text.Append(";\n");
            }

            foreach (DeviceTreeNode child in node.Children)
            {
                text.Append(node.Properties.Count > 0 || !ReferenceEquals(child, node.Children[0]) ? "\n" : "");
                WriteNode(child, depth + 1);
            }

            text.Append(indent).Append("};\n");
        }
    }

    private static string LabelOf(uint handle) => string.Create(CultureInfo.InvariantCulture, $"n{handle}");

    private static string ValueOf(DeviceTreeProperty property, Dictionary<uint, DeviceTreeNode> handles)
    {
        if (property.Texts is { Count: > 0 } texts)
        {
            return string.Join(", ", texts.Select(each => $"\"{each.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""));
        }

        if (property.Cells is { Count: > 0 } cells)
        {
            HashSet<int> references = _references.TryGetValue(property.Name, out string? following) ? ReferencesIn(cells, following, handles) : [];
            return $"<{string.Join(' ', cells.Select((cell, index) => references.Contains(index) ? $"&{LabelOf(cell)}" : string.Create(CultureInfo.InvariantCulture, $"0x{cell:x}")))}>";
        }

        return $"[{string.Join(' ', property.Value.ToArray().Select(each => each.ToString("x2", CultureInfo.InvariantCulture)))}]";
    }

    /// <summary>Indexes of the cells that are handles of nodes.</summary>
    private static HashSet<int> ReferencesIn(IReadOnlyList<uint> cells, string following, Dictionary<uint, DeviceTreeNode> handles)
    {
        HashSet<int> references = [];
        for (int index = 0; index < cells.Count && handles.TryGetValue(cells[index], out DeviceTreeNode? node);)
        {
            references.Add(index);
            index += 1 + (int.TryParse(following, NumberStyles.None, CultureInfo.InvariantCulture, out int fixedNumber) ? fixedNumber
                : node.Find(following)?.Cells is [var count] ? (int)Math.Min(count, int.MaxValue / 2) : 0);
        }

        return references;
    }
}
