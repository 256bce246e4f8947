using System.Globalization;
using System.Text;

namespace Soc.Topology.DeviceTree;

/// <summary>A device tree as source text, which <c>dtc</c> compiles to the same blob. References are numbers, as in a decompiled blob.</summary>
public static class DeviceTreeText
{
    /// <summary>Writes a tree.</summary>
    public static string Write(DeviceTreeNode root)
    {
        ArgumentNullException.ThrowIfNull(root);
        var text = new StringBuilder("/dts-v1/;\n\n");
        WriteNode(root, 0);
        return text.ToString();

        void WriteNode(DeviceTreeNode node, int depth)
        {
            string indent = new('\t', depth);
            text.Append(indent).Append(depth == 0 ? "/" : node.Name).Append(" {\n");
            foreach (DeviceTreeProperty property in node.Properties)
            {
                text.Append(indent).Append('\t').Append(property.Name);
                if (!property.Value.IsEmpty)
                {
                    text.Append(" = ").Append(ValueOf(property));
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

    private static string ValueOf(DeviceTreeProperty property)
    {
        if (property.Texts is { Count: > 0 } texts)
        {
            return string.Join(", ", texts.Select(each => $"\"{each.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""));
        }

        if (property.Cells is { Count: > 0 } cells)
        {
            return $"<{string.Join(' ', cells.Select(cell => string.Create(CultureInfo.InvariantCulture, $"0x{cell:x}")))}>";
        }

        return $"[{string.Join(' ', property.Value.ToArray().Select(each => each.ToString("x2", CultureInfo.InvariantCulture)))}]";
    }
}
