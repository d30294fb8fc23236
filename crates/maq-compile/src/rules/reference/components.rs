//! Strongly connected components (Kosaraju and Sharir), without recursion, so that a long chain does no harm.

/// The component of each node; nodes of one component reach each other. `edges` lists the targets of each node.
pub(crate) fn components(edges: &[Vec<usize>]) -> Vec<usize> {
    let mut reversed = vec![Vec::new(); edges.len()];
    for (from, targets) in edges.iter().enumerate() {
        for to in targets {
            if let Some(sources) = reversed.get_mut(*to) {
                sources.push(from);
            }
        }
    }
    let mut component = vec![usize::MAX; edges.len()];
    for root in postorder(edges).into_iter().rev() {
        let mut waiting = vec![root];
        while let Some(node) = waiting.pop() {
            if let Some(slot) = component.get_mut(node).filter(|slot| **slot == usize::MAX) {
                *slot = root;
                waiting.extend(reversed.get(node).into_iter().flatten());
            }
        }
    }
    component
}

fn postorder(edges: &[Vec<usize>]) -> Vec<usize> {
    let mut seen = vec![false; edges.len()];
    let mut order = Vec::with_capacity(edges.len());
    let targets_of = |node: usize| edges.get(node).map(Vec::as_slice).unwrap_or_default().iter();
    let is_new =
        |seen: &mut Vec<bool>, node: usize| seen.get_mut(node).is_some_and(|seen| !std::mem::replace(seen, true));
    for root in 0..edges.len() {
        if !is_new(&mut seen, root) {
            continue;
        }
        let mut stack = vec![(root, targets_of(root))];
        while let Some((node, targets)) = stack.last_mut() {
            match targets.find(|to| is_new(&mut seen, **to)) {
                Some(to) => stack.push((*to, targets_of(*to))),
                None => {
                    order.push(*node);
                    stack.pop();
                }
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::components;

    #[test]
    fn nodes_that_reach_each_other_are_one_component() {
        let component = components(&[vec![1], vec![2], vec![0, 3], vec![4], vec![]]);
        assert_eq!(component[0], component[1]);
        assert_eq!(component[1], component[2]);
        assert!(component[3] != component[2] && component[3] != component[4]);
    }

    #[test]
    fn a_long_chain_does_no_harm() {
        let edges: Vec<Vec<usize>> = (1..=100_000).map(|to| vec![to % 100_000]).collect();
        assert!(components(&edges).iter().all(|component| *component == 0));
    }
}
